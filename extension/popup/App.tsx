import { useEffect, useState } from "react";
import type { BuildView } from "#messages/view.ts";
import { Home } from "./pages/Home.tsx";
import { Session } from "./pages/Session.tsx";
import { Trust } from "./pages/Trust.tsx";
import { Welcome } from "./pages/Welcome.tsx";
import { ErrorNote } from "./parts/ErrorNote.tsx";
import { Shell } from "./parts/Shell.tsx";
import { useView } from "./useWorker.ts";

function usePath(): string {
  const [path, setPath] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    const follow = (): void => {
      setPath(window.location.hash.slice(1));
    };
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("hashchange", follow);
    };
  }, []);
  return path;
}

/** Every page of ours, chosen by the part of the address after `#`. */
export function App(): React.JSX.Element {
  const { view: build, error } = useView("getBuild", {});
  const path = usePath();
  if (build === null) return error === null ? <p className="quiet">Opening…</p> : <ErrorNote error={error} />;
  return (
    <Shell build={build}>
      <Page path={path} build={build} />
    </Shell>
  );
}

function Page({ path, build }: { readonly path: string; readonly build: BuildView }): React.JSX.Element {
  const sessionId = /^\/session\/([0-9a-f-]{36})$/.exec(path)?.[1];
  if (sessionId !== undefined) return <Session sessionId={sessionId} />;
  if (path === "/trust") return <Trust />;
  if (path === "/welcome") return <Welcome build={build} />;
  return <Home build={build} />;
}

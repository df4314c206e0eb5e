import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { WorkerContext } from "./useWorker.ts";
import { createWorkerLink } from "./worker.ts";

const place = document.getElementById("root");
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <WorkerContext value={createWorkerLink()}>
        <App />
      </WorkerContext>
    </StrictMode>,
  );
}

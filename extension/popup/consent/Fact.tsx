import type { ReactNode } from "react";

interface FactProps {
  readonly name: string;
  readonly label: string;
  readonly isDanger?: boolean;
  readonly children: ReactNode;
}

/** One fact of the consent page. */
export function Fact({ name, label, isDanger = false, children }: FactProps): React.JSX.Element {
  return (
    <li className={isDanger ? "fact danger" : "fact"} data-testid={`fact-${name}`}>
      <h2>{label}</h2>
      <div>{children}</div>
    </li>
  );
}

import type { StepView } from "#messages/view.ts";

const titles: Readonly<Record<string, string>> = {
  "script-allowed": "The contract allows this script",
  "registries-listed": "The Hub names its registries",
  "tls-established": "Encrypted channel to the enclave",
  "registry-attested": "The registry is a known enclave",
  "oracle-attested": "The oracle is a known enclave",
  "oracle-certified": "The registry vouches for the oracle",
  "script-uploaded": "The enclave holds this very script",
  reattested: "The enclave proved itself again",
  "result-verified": "The result is signed by that enclave",
};
const states = { running: "in progress", passed: "passed", failed: "failed" } as const;

interface StepsProps {
  readonly steps: readonly StepView[];
  readonly isOpen: boolean;
}

/** Each check by name, with what it found. */
export function Steps({ steps, isOpen }: StepsProps): React.JSX.Element {
  return (
    <details className="steps" open={isOpen} data-testid="steps">
      <summary>
        Checks passed: {steps.filter(({ state }) => state === "passed").length}
        <span className="visually-hidden" aria-live="polite">
          {steps.at(-1) === undefined ? "" : title(steps.at(-1)?.name ?? "")}
        </span>
      </summary>
      <ol>
        {steps.map((step, index) => (
          <li
            key={index}
            className={`step ${step.state}`}
            data-testid={`step-${step.name}`}
            data-state={step.state}
          >
            <p>
              {title(step.name)} <span className="visually-hidden">({states[step.state]})</span>
            </p>
            {step.evidence.length > 0 && (
              <ul className="evidence mono">
                {step.evidence.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function title(name: string): string {
  return titles[name] ?? name;
}

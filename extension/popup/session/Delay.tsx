import type { DelayView } from "#messages/view.ts";
import { formatRemaining } from "../format.ts";
import { ScriptText } from "../parts/ScriptSays.tsx";
import { useClock } from "../useWorker.ts";

/** A silence that the script announced, with the time that is really left of it. */
export function Delay({ delay }: { readonly delay: DelayView }): React.JSX.Element {
  const nowMs = useClock(250);
  const wholeMs = Math.max(1, delay.endsAtMs - delay.startedAtMs);
  const leftMs = delay.endsAtMs - nowMs;
  return (
    <div className="delay" data-testid="delay">
      <p>
        <ScriptText text={delay.reason} />{" "}
        <span className="small">
          {leftMs > 0 ? `${formatRemaining(leftMs)} left` : "longer than the script expected"}
        </span>
      </p>
      <progress
        max={wholeMs}
        value={Math.min(wholeMs, wholeMs - leftMs)}
        aria-label="Time passed of what the script announced"
      />
    </div>
  );
}

import type { BreakerHistory } from '../model.js';
import { erasOf, totalsOf, windowOf } from './breakerEras.js';
import { durationOf, minuteOf, secondOf, timeOf } from './format.js';
import { toned } from './parts.js';
import type { Tone } from './words.js';

const TONES: Readonly<Record<string, Tone>> = { closed: 'good', 'half-open': 'warn', open: 'bad' };
const STATES: Readonly<Record<string, string>> = {
  closed: 'closed: requests pass',
  'half-open': 'half-open: one request at a time',
  open: 'open: no request is made',
  unknown: 'not known',
};

function lengthOf(minutes: number): string {
  if (minutes === 1) {
    return 'minute';
  }
  return minutes < 120 ? `${minutes} minutes` : `${minutes / 60} hours`;
}

/** A circuit breaker's states in the course of time, as a line and as a list. */
export function BreakerLine({ history, now }: { readonly history: BreakerHistory; readonly now: number }) {
  const minutes = windowOf(history, now);
  const from = now - minutes * 60_000;
  const eras = erasOf(history, from, now);
  const totals = totalsOf(eras);
  const label = minutes < 5 ? secondOf : minuteOf;
  const text = totals.map(([state, ms]) => `${state} ${durationOf(ms)}`).join(', ');
  return (
    <>
      <h3>Circuit breaker, the latest {lengthOf(minutes)}</h3>
      <div>
        <div class="time-line" role="img" aria-label={text} title={text}>
          {eras.map(({ state, from: start, to }) => (
            <div key={start} class={`breaker-${state}`} style={{ flexGrow: String(to - start) }} />
          ))}
        </div>
        <div class="time-scale" aria-hidden="true">
          {[0, 1, 2, 3, 4].map((quarter) => (
            <span key={quarter}>{label(from + ((now - from) * quarter) / 4)}</span>
          ))}
        </div>
      </div>
      <ul class="legend">
        {totals.map(([state, ms]) => (
          <li key={state}>
            <span class={`swatch breaker-${state}`} aria-hidden="true" />
            {STATES[state] ?? state} <strong>{durationOf(ms)}</strong>
          </li>
        ))}
      </ul>
      {history.steps.length === 0 ? null : (
        <details>
          <summary>
            {history.steps.length} {history.steps.length === 1 ? 'change' : 'changes'}
          </summary>
          <ol class="steps">
            {history.steps.map(({ at, state }, index) => (
              <li key={index} class={toned('', TONES[state])}>
                <span class="time">{timeOf(at)}</span> {state}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

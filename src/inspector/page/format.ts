const MS_PER_S = 1_000;
const MS_PER_MIN = 60_000;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Local time of day, to the millisecond. */
export function timeOf(at: number): string {
  return `${clock.format(at)}.${String(Math.floor(at % MS_PER_S)).padStart(3, '0')}`;
}

/** Local time of day, to the second. */
export function secondOf(at: number): string {
  return clock.format(at);
}

/** Local time of day, to the minute. */
export function minuteOf(at: number): string {
  return clock.format(at).slice(0, 'hh:mm'.length);
}

export function durationOf(ms: number): string {
  if (ms < 10) {
    return `${ms.toFixed(1)} ms`;
  }
  if (ms < MS_PER_S) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < MS_PER_MIN) {
    return `${(ms / MS_PER_S).toFixed(2)} s`;
  }
  return `${Math.floor(ms / MS_PER_MIN)} min ${Math.round((ms % MS_PER_MIN) / MS_PER_S)} s`;
}

/** `EXECUTE_STATEMENT` is `execute statement`. */
export function wordsOf(name: string): string {
  return name.replaceAll('_', ' ').toLowerCase();
}

export function bytesOf(count: number): string {
  return count < 1_024 ? `${count} bytes` : `${(count / 1_024).toFixed(1)} KiB`;
}

/** A JSON document, indented; what is none as it is. */
export function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

import { describe, expect, it } from 'vitest';
import type { Permit } from '../../src/exporter/circuitBreaker.js';
import { judge } from '../../src/exporter/judge.js';
import type { AttemptResult } from '../../src/exporter/retry.js';
import type { HttpResult, ResponseBody } from '../../src/exporter/transport.js';

const SENT = 10;
const PAUSE_MS = 60_000;
const RETRY_AFTER_MS = 7_000;
const NO_TEXT: ResponseBody = { kind: 'text', text: '' };

/** What the permit was told, in order, and what the attempt came to. */
function judged(result: HttpResult): { attempt: AttemptResult; health: unknown[] } {
  const health: unknown[] = [];
  const permit: Permit = {
    success: () => health.push('success'),
    failure: (retryAfterMs) => health.push(['failure', retryAfterMs]),
    abandon: (retryAfterMs) => health.push(['nothing', retryAfterMs]),
  };
  return { attempt: judge(result, permit, SENT, PAUSE_MS), health };
}

function answer(status: number, body: ResponseBody = NO_TEXT): HttpResult {
  return { kind: 'response', status, retryAfterMs: RETRY_AFTER_MS, body };
}

function text(body: unknown): ResponseBody {
  return { kind: 'text', text: JSON.stringify(body) };
}

describe('judge', () => {
  it.each([200, 202, 299])('%i: taken, and the host is well', (status) => {
    const { attempt, health } = judged(answer(status));
    expect(attempt).toEqual({ kind: 'done', result: { outcome: 'success', accepted: SENT, rejected: 0 } });
    expect(health).toEqual(['success']);
  });

  it.each([
    ['all', SENT, 0],
    ['one less', SENT - 1, 1],
    ['none', 0, SENT],
    ['more than were sent', SENT + 1, 0],
    ['less than none', -1, 0],
    ['a part', 1.5, 0],
    ['a text', '3', 0],
    ['nothing', undefined, 0],
  ])('2xx that says it kept %s: so many are rejected', (_what, numProtoSuccess, rejected) => {
    const { attempt } = judged(answer(200, text({ numProtoSuccess })));
    expect(attempt).toEqual({
      kind: 'done',
      result: { outcome: 'success', accepted: SENT - rejected, rejected },
    });
  });

  it.each<[string, ResponseBody, unknown]>([
    ['is no JSON', { kind: 'text', text: '<html>' }, 'success'],
    ['is no object', text([1]), 'success'],
    ['is too long', { kind: 'too long' }, 'success'],
    ['breaks off', { kind: 'broken', code: 'ECONNRESET' }, ['failure', undefined]],
    ['was not waited for', { kind: 'broken', code: undefined }, ['nothing', undefined]],
  ])('2xx whose answer %s: taken all the same', (_what, body, health) => {
    const judgement = judged(answer(200, body));
    expect(judgement.attempt).toMatchObject({ result: { outcome: 'success', accepted: SENT, rejected: 0 } });
    expect(judgement.health).toEqual([health]);
  });

  it.each([401, 403])('%i: waits for other credentials, and says nothing about the host', (status) => {
    const { attempt, health } = judged(answer(status));
    expect(attempt).toEqual({ kind: 'done', result: { outcome: 'unauthorized' } });
    expect(health).toEqual([['nothing', RETRY_AFTER_MS]]);
  });

  it.each([408, 425])('%i: tried again soon, and says nothing about the host', (status) => {
    const { attempt, health } = judged(answer(status));
    expect(attempt).toEqual({ kind: 'failed', error: String(status), soon: true });
    expect(health).toEqual([['nothing', RETRY_AFTER_MS]]);
  });

  it('413: too large, and says nothing about the host', () => {
    const { attempt, health } = judged(answer(413));
    expect(attempt).toEqual({ kind: 'done', result: { outcome: 'too_large' } });
    expect(health).toEqual([['nothing', RETRY_AFTER_MS]]);
  });

  it.each([300, 301, 304, 399, 404])('%i: misdirected, and says nothing about the host', (status) => {
    const { attempt, health } = judged(answer(status));
    expect(attempt).toEqual({ kind: 'done', result: { outcome: 'misdirected', error: String(status) } });
    expect(health).toEqual([['nothing', RETRY_AFTER_MS]]);
  });

  it.each([400, 402, 405, 422, 451])(
    '%i: dropped, its lane pauses; says nothing about the host',
    (status) => {
      const { attempt, health } = judged(answer(status));
      expect(attempt).toEqual({
        kind: 'done',
        result: { outcome: 'terminal', error: String(status), pauseMs: PAUSE_MS },
      });
      expect(health).toEqual([['nothing', RETRY_AFTER_MS]]);
    },
  );

  it.each([
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [501, false],
    [505, false],
    [599, false],
  ])('%i: a failure of the host; soon again: %s', (status, soon) => {
    const { attempt, health } = judged(answer(status));
    expect(attempt).toEqual({ kind: 'failed', error: String(status), soon });
    expect(health).toEqual([['failure', RETRY_AFTER_MS]]);
  });

  it.each([
    ['ECONNRESET', true],
    ['ETIMEDOUT', true],
    ['CERT_HAS_EXPIRED', false],
  ])('no answer by %s: a failure of the host; soon again: %s', (code, soon) => {
    const { attempt, health } = judged({ kind: 'failure', code });
    expect(attempt).toEqual({ kind: 'failed', error: code, soon });
    expect(health).toEqual([['failure', undefined]]);
  });

  it('stopped: nothing is known, of the batch or the host', () => {
    const { attempt, health } = judged({ kind: 'aborted' });
    expect(attempt).toEqual({ kind: 'done', result: { outcome: 'aborted' } });
    expect(health).toEqual([['nothing', undefined]]);
  });
});

import type { LifeEvent, RecordState } from './model.js';

/** What a request's answer says of a record in it. */
export interface Answer {
  readonly state: RecordState;
  readonly event: Pick<LifeEvent, 'kind' | 'kept' | 'of'>;
  /** What to add for people; `undefined` where nothing is odd. */
  readonly reason: string | undefined;
}

const ACCEPTED: Answer = { state: 'accepted', event: { kind: 'accepted' }, reason: undefined };
const REFUSED: Answer = { state: 'retrying', event: { kind: 'refused' }, reason: undefined };

/**
 * The server says how many records of a request it kept, not which. So of one that kept none all is known, of one
 * that kept some nothing is known of the single record.
 *
 * @param sent records in the request
 */
export function answerFor(request: {
  readonly accepted: boolean;
  readonly rejected: number;
  readonly sent: number;
}): Answer {
  const { accepted, rejected, sent } = request;
  if (!accepted) {
    return REFUSED;
  }
  if (rejected === 0) {
    return ACCEPTED;
  }
  const kept = sent - rejected;
  return kept === 0
    ? { state: 'dropped', event: { kind: 'rejected', kept, of: sent }, reason: 'rejected' }
    : { state: 'partly', event: { kind: 'partly', kept, of: sent }, reason: `${kept} of ${sent} kept` };
}

import { describe, expect, it, vi } from 'vitest';
import { Recording } from '../../src/inspector/recording.js';
import { Observation } from '../../src/observer.js';
import { record, request, span } from './observed.js';

const MIB = 1024 * 1024;

function setUp(limits = { operations: 5, bytes: MIB }) {
  const observation = new Observation();
  const onChange = vi.fn();
  return { observation, onChange, recording: new Recording(observation, onChange, limits) };
}

describe('the recording', () => {
  it('follows a record from its making to its end', () => {
    const { recording } = setUp();
    const made = record();
    recording.onOperation(span(), [made]);
    recording.onQueued(made);
    recording.onRequest(request([made], Buffer.from('{}'), '503'));
    const [entry] = recording.records.of(1);
    expect(entry).toMatchObject({ state: 'retrying', reason: '503' });
    recording.onRequest(request([made]));
    expect(entry?.state).toBe('accepted');
    expect(entry?.life.map(({ kind }) => kind)).toEqual([
      'made',
      'queued',
      'sent',
      'refused',
      'sent',
      'accepted',
    ]);
  });

  it('says of a batch that was kept in part how many were kept, of each record in it', () => {
    const { recording, observation } = setUp({ operations: 3, bytes: MIB });
    const records = Array.from({ length: 3 }, record);
    for (const made of records) {
      recording.onOperation(span(), [made]);
    }
    recording.onRequest(request(records, Buffer.from('{}'), '200', 1));
    for (const id of [1, 2, 3]) {
      const [entry] = recording.records.of(id);
      expect(entry).toMatchObject({ state: 'partly', reason: '2 of 3 kept', isSettled: true });
      expect(entry?.life.at(-1)).toMatchObject({ kind: 'partly', outcome: '200', kept: 2, of: 3 });
    }
    // Their lives are over: nothing is left to follow.
    expect(recording.records.unsettled).toBe(0);
    expect(observation.observer).toBeUndefined();
  });

  it('says of a record that it was not kept where none of its request was', () => {
    const { recording } = setUp();
    const made = record();
    recording.onOperation(span(), [made]);
    recording.onRequest(request([made], Buffer.from('{}'), '200', 1));
    expect(recording.records.of(1)[0]).toMatchObject({ state: 'dropped', reason: 'rejected' });
    expect(recording.records.of(1)[0]?.life.at(-1)).toMatchObject({ kind: 'rejected', kept: 0, of: 1 });
    expect(recording.records.unsettled).toBe(0);
  });

  it('says why a record was dropped', () => {
    const { recording } = setUp();
    const made = record();
    recording.onOperation(span(), [made]);
    recording.onDropped([made], 'queue_full');
    expect(recording.records.of(1)[0]).toMatchObject({ state: 'dropped', reason: 'queue_full' });
  });

  it('says why an operation has no record', () => {
    const { recording } = setUp();
    const suppressed = span();
    recording.onOperationSkipped(suppressed.spanContext().spanId, 'suppressed');
    recording.onOperation(suppressed, []);
    expect(recording.local.get(1)?.noRecord).toBe('suppressed');
  });

  it('takes an operation once that a processor registered twice reports twice', () => {
    const { recording } = setUp();
    const ended = span();
    recording.onOperation(ended, [record()]);
    recording.onOperation(ended, []);
    expect(recording.local.size).toBe(1);
  });

  it('keeps the latest operations, as many as its limit says', () => {
    const { recording } = setUp();
    recording.watch();
    for (let index = 0; index < 12; index++) {
      recording.onOperation(span(), [record()]);
    }
    expect([...recording.local.ids()]).toEqual([8, 9, 10, 11, 12]);
    expect(recording.evicted).toBe(7);
    expect([...recording.records.entries()]).toHaveLength(5);
  });

  it('keeps no more bytes than its limit says, of spans, of bodies, of anything nested', () => {
    const { recording } = setUp({ operations: 500, bytes: MIB });
    recording.watch();
    for (let index = 0; index < 300; index++) {
      const made = record();
      recording.onOperation(span({ text: 'x'.repeat(20_000), nested: [{ deep: 'y'.repeat(20_000) }] }), [
        made,
      ]);
      recording.onRequest(request([made], Buffer.alloc(50_000)));
      expect(recording.bytes).toBeLessThanOrEqual(MIB);
    }
    expect(recording.local.size).toBeGreaterThan(1);
    recording.onOperation(span({ text: 'x'.repeat(2 * MIB) }), []);
    expect(recording.bytes).toBe(0);
  });

  it('counts a body that several records share once, and gives it back with the last of them', () => {
    const { recording } = setUp({ operations: 2, bytes: MIB });
    recording.watch();
    const [one, other] = [record(), record()];
    recording.onOperation(span(), [one]);
    recording.onOperation(span(), [other]);
    const before = recording.records.bytes;
    recording.onRequest(request([one, other], Buffer.alloc(10_000)));
    expect(recording.records.bytes - before).toBe(10_000);
    recording.onOperation(span(), []);
    expect(recording.records.bytes).toBeGreaterThan(10_000);
    recording.onOperation(span(), []);
    expect(recording.records.bytes).toBeLessThan(10_000);
  });

  it('stops listening when it is full, nobody watches and all lives have ended', () => {
    const { observation, recording } = setUp();
    const records = Array.from({ length: 5 }, record);
    for (const made of records) {
      recording.onOperation(span(), [made]);
    }
    expect(observation.observer).toBe(recording);
    recording.onOperation(span(), [record()]);
    expect(recording.local.size).toBe(5);
    recording.onRequest(request(records));
    expect(observation.observer).toBeUndefined();
  });

  it('listens again while somebody watches', () => {
    const { observation, recording } = setUp();
    for (let index = 0; index < 5; index++) {
      recording.onOperation(span(), []);
    }
    expect(observation.observer).toBeUndefined();
    const stopWatching = recording.watch();
    const stopOther = recording.watch();
    expect(observation.observer).toBe(recording);
    stopWatching();
    stopWatching();
    expect(observation.observer).toBe(recording);
    stopOther();
    expect(observation.observer).toBeUndefined();
  });

  it('leaves another observer alone', () => {
    const { observation, recording } = setUp();
    const other = new Recording(observation, () => undefined);
    other.stop();
    expect(observation.observer).toBe(recording);
  });

  it('tells what has changed once, and only those who watch', () => {
    const { recording, onChange } = setUp();
    recording.onOperation(span(), []);
    expect(onChange).not.toHaveBeenCalled();
    expect(recording.takeChanged()).toEqual([]);
    recording.watch();
    const made = record();
    recording.onOperation(span(), [made]);
    recording.onQueued(made);
    expect(recording.takeChanged()).toEqual([2]);
    expect(recording.takeChanged()).toEqual([]);
  });

  it('keeps the first and the latest steps of a life that is long', () => {
    const { recording } = setUp();
    const made = record();
    recording.onOperation(span(), [made]);
    recording.onQueued(made);
    for (let index = 0; index < 100; index++) {
      recording.onRequest(request([made], Buffer.from('{}'), '503'));
    }
    recording.onRequest(request([made]));
    const kinds = recording.records.of(1)[0]?.life.map(({ kind }) => kind) ?? [];
    expect(kinds.length).toBeLessThanOrEqual(24);
    expect(kinds.slice(0, 2)).toEqual(['made', 'queued']);
    expect(kinds.at(-1)).toBe('accepted');
  });

  it('remembers few operations that never end', () => {
    const { recording } = setUp();
    for (let index = 0; index < 5_000; index++) {
      recording.onOperationSkipped(String(index), 'suppressed');
    }
    const late = span();
    recording.onOperationSkipped(late.spanContext().spanId, 'suppressed');
    recording.onOperation(late, []);
    expect(recording.local.get(1)?.noRecord).toBe('no_connection');
  });
});

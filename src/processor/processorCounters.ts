/** What the processor itself counts: see `ProcessorStats`. */
export class ProcessorCounters {
  evicted = 0;
  expired = 0;
  incomplete = 0;
  lateChildren = 0;
  failedDownloadsDropped = 0;
  internalErrors = 0;
}

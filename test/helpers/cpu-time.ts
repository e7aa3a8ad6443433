/** The CPU time that `work` takes on this thread, in milliseconds; other processes do not lengthen it. */
export function cpuTimeOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

const label = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`;
const sample = new RegExp(String.raw`^([a-zA-Z_:][\w:]*(?:\{${label}(?:,${label})*\})?) (\S+)$`);
const comment = /^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* .+$/;

/**
 * Reads Prometheus' text format 0.0.4: values by name and labels, as they are written.
 *
 * @throws Error for a line that is not of the format
 */
export function parseMetrics(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || comment.test(line)) continue;
    const [, name, value] = sample.exec(line) ?? [];
    if (name === undefined || value === undefined || Number.isNaN(Number(value.replace('+Inf', 'Infinity'))))
      throw new Error(`No line of Prometheus' format: ${line}`);
    if (values.has(name)) throw new Error(`Twice: ${name}`);
    values.set(name, Number(value));
  }
  return values;
}

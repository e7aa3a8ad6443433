import { type LogLevel, logLevels, readLogLevel } from './config.ts';

/** Details after the message, written as `name=value`. */
export type LogFields = Readonly<Record<string, unknown>>;

const threshold = logLevels.indexOf(readLogLevel());

/** Plain lines on stderr, so that stdout carries nothing but data. `HOTSPOTS_LOG_LEVEL` says how much. */
export const log = {
  info: (message: string, fields?: LogFields) => write('info', message, fields),
  warn: (message: string, fields?: LogFields) => write('warn', message, fields),
  error: (message: string, fields?: LogFields) => write('error', message, fields),
};

function write(level: LogLevel, message: string, fields: LogFields = {}): void {
  if (logLevels.indexOf(level) > threshold) return;
  process.stderr.write(`${formatLine(level, message, fields)}\n`);
}

function formatLine(level: LogLevel, message: string, fields: LogFields): string {
  const words = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${formatValue(value)}`);
  const prefix = level === 'info' ? '' : `${level}: `;
  // A scraped value may hold line breaks or terminal escapes; one event stays one harmless line.
  return [`${prefix}${message}`, ...words].join(' ').replace(/\p{Cc}/gu, ' ');
}

function formatValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  return JSON.stringify(value) ?? String(value);
}

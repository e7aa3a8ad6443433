import ICAL from 'ical.js';
import type { PageProblem } from '../item.ts';

/** A component of a calendar (RFC 5545 §3.6): VCALENDAR, VEVENT … */
export interface CalendarComponent {
  /** In upper case. */
  name: string;
  properties: CalendarProperty[];
  components: CalendarComponent[];
}

export interface CalendarProperty {
  /** In upper case. */
  name: string;
  parameters: ReadonlyMap<string, string>;
  /** The value as it stands in the file. */
  raw: string;
  /** Its texts, unescaped; more than one for properties that take lists. */
  texts: string[];
}

/** The properties that events are made of. The rest (alarms, attached files in base64 …) is not parsed. */
const wanted: ReadonlySet<string> = new Set(
  'ATTACH CATEGORIES DESCRIPTION DTEND DTSTAMP DTSTART DURATION EXDATE GEO IMAGE LAST-MODIFIED LOCATION METHOD ORGANIZER RDATE RECURRENCE-ID RRULE SEQUENCE STATUS SUMMARY TZID TZOFFSETTO UID URL X-LIC-LOCATION X-WR-TIMEZONE'.split(
    ' ',
  ),
);

const maxDepth = 8;

/**
 * Reads the lines of an iCalendar file into components. ical.js reads each line, so that one line it
 * cannot read costs that line and not the file. A line that is no property continues the one before: some
 * servers break texts without folding. Components left open at the end are kept.
 *
 * @param text the whole file; line ends may be of any kind
 * @returns a nameless component that holds the file's components, and what could not be read
 */
export function readCalendarLines(text: string): { root: CalendarComponent; problems: PageProblem[] } {
  const root: CalendarComponent = { name: '', properties: [], components: [] };
  const open = [root];
  const problems: PageProblem[] = [];
  let unreadable = 0;

  for (const line of logicalLines(text)) {
    const current = open.at(-1) ?? root;
    const boundary = /^(BEGIN|END):\s*(\S+)/i.exec(line);
    if (boundary === null) {
      const property = readProperty(line);
      if (property === null) unreadable += 1;
      else if (property !== 'unwanted') current.properties.push(property);
      continue;
    }
    const name = (boundary[2] ?? '').toUpperCase();
    if (boundary[1]?.toUpperCase() === 'BEGIN') {
      const parent = name === 'VEVENT' || name === 'VCALENDAR' ? closeUnended(open, name) : current;
      const component: CalendarComponent = { name, properties: [], components: [] };
      parent.components.push(component);
      if (open.length < maxDepth) open.push(component);
    } else {
      const index = open.findLastIndex((component) => component.name === name);
      if (index > 0) open.length = index;
    }
  }
  if (unreadable > 0) {
    problems.push({
      code: 'calendar-line-unreadable',
      message: `${unreadable} line(s) of the calendar could not be read. They were skipped.`,
    });
  }
  if (open.length > 1) {
    problems.push({
      code: 'calendar-truncated',
      message: `The calendar ends inside ${open.at(-1)?.name}. What stood before the end was read.`,
    });
  }
  return { root, problems };
}

/** Events do not nest: one that begins inside another means that the END of the other is missing. */
function closeUnended(open: CalendarComponent[], name: string): CalendarComponent {
  const index = open.findIndex((component) => component.name === name);
  if (index > 0) open.length = index;
  return open.at(-1) ?? { name: '', properties: [], components: [] };
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let inText = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const last = lines.length - 1;
    if (line.trim() === '') continue;
    if (/^[ \t]/.test(line) && last >= 0) {
      lines[last] += line.slice(1);
    } else if (inText && !startsProperty(line)) {
      lines[last] += `\\n${line}`;
    } else {
      lines.push(line);
      inText = textLine.test(line);
    }
  }
  return lines;
}

/** Whether a line begins a property: "Note: bring a chair" and "http://…" are text that broke out of its line. */
function startsProperty(line: string): boolean {
  const [, name = '', delimiter = '', next = ''] = /^([A-Za-z0-9-]+)([:;])(.?)/.exec(line) ?? [];
  const upper = name.toUpperCase();
  const known = wanted.has(upper) || upper === 'BEGIN' || upper === 'END';
  if (name === upper && name !== '') return known || name.startsWith('X-') || next !== ' ';
  return known && name === name.toLowerCase() && (delimiter === ';' || next !== ' ');
}

const textLine = /^(?:DESCRIPTION|SUMMARY|LOCATION|COMMENT)[:;]/i;

function readProperty(line: string): CalendarProperty | 'unwanted' | null {
  const name = /^[A-Za-z0-9-]+/.exec(line)?.[0].toUpperCase();
  if (name === undefined || !/[:;]/.test(line)) return null;
  if (!wanted.has(name)) return 'unwanted';
  let parsed: unknown;
  try {
    parsed = ICAL.parse.property(line);
  } catch {
    return readTolerantly(name, line);
  }
  if (!Array.isArray(parsed)) return null;
  const [, parameters, , ...values] = parsed;
  return {
    name,
    parameters: readParameters(parameters),
    raw: line.slice(valueStart(line)).trim(),
    texts: values.flat(2).filter((value) => typeof value === 'string'),
  };
}

/** ical.js refuses the whole line for one bad parameter or date part; the value is still there. */
function readTolerantly(name: string, line: string): CalendarProperty | null {
  const start = valueStart(line);
  if (start === 0) return null;
  const parameters = new Map<string, string>();
  for (const part of line
    .slice(0, start - 1)
    .split(';')
    .slice(1)) {
    const equals = part.indexOf('=');
    if (equals > 0)
      parameters.set(part.slice(0, equals).toLowerCase(), part.slice(equals + 1).replaceAll('"', ''));
  }
  const raw = line.slice(start).trim();
  return { name, parameters, raw, texts: [raw] };
}

function readParameters(parameters: unknown): Map<string, string> {
  const read = new Map<string, string>();
  if (typeof parameters !== 'object' || parameters === null) return read;
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string') read.set(name.toLowerCase(), value);
  }
  return read;
}

/** Offset after the first colon outside quotes; 0 when there is none. */
function valueStart(line: string): number {
  let quoted = false;
  for (let position = 0; position < line.length; position += 1) {
    const character = line[position];
    if (character === '"') quoted = !quoted;
    else if (character === ':' && !quoted) return position + 1;
  }
  return line.indexOf(':') + 1;
}

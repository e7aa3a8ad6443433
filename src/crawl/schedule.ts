import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';

/**
 * When something is done again and again: a cron expression of five fields (minute, hour, day of month, month, day of
 * week, as in crontab(5)), and the IANA zone in which it is meant.
 */
export interface Schedule {
  cron: string;
  timeZone?: string | undefined;
}

const cron = z.string().trim().refine(isCronExpression, 'is no cron expression of five fields');

/** A schedule as it is written in YAML: the expression alone, or a map with the zone. */
export const scheduleSchema = z
  .union([cron, z.strictObject({ cron, timeZone: z.string().optional() })])
  .transform((given): Schedule => (typeof given === 'string' ? { cron: given } : given));

/** What crontab(5) has; cron-parser would also take letters such as H, whose time is another one at each reading. */
const cronPart = /^(\d+|[a-z]{3}|(\*|\d+-\d+|[a-z]{3}-[a-z]{3})(\/\d+)?)$/i;

function isCronExpression(text: string): boolean {
  const fields = text.split(/[ \t]+/);
  if (fields.length !== 5 || !fields.every((field) => field.split(',').every((part) => cronPart.test(part))))
    return false;
  try {
    CronExpressionParser.parse(text, { tz: 'UTC' }).next();
    return true;
  } catch {
    // The parser says what is wrong by throwing; that it is wrong is the answer here.
    return false;
  }
}

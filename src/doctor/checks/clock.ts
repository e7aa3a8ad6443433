import { QueryTypes } from 'sequelize';
import type { Check } from '../check.ts';

/** How far the two clocks may be apart, in seconds. */
const tolerance = 5;

/** Whether this machine and the database agree on what time it is. */
export const clock: Check = {
  name: 'clock',
  needsTables: false,
  run: async ({ sequelize, now }) => {
    const asked = now().getTime();
    const [row] = await sequelize.query<{ time: Date }>('SELECT clock_timestamp() AS time', {
      type: QueryTypes.SELECT,
    });
    if (row === undefined) throw new TypeError('The server did not say what time it is.');
    const [least, most] = [row.time.getTime() - now().getTime(), row.time.getTime() - asked];
    // Anywhere between asking and being answered the server may have looked at its clock.
    const seconds = Math.max(0, least, -most) / 1000;
    if (seconds <= tolerance)
      return [{ level: 'ok', message: "This machine's clock and the database's agree." }];
    const ahead = least > 0 ? 'behind' : 'ahead of';
    return [
      {
        level: 'problem',
        message: `This machine's clock is ${Math.round(seconds)} seconds ${ahead} the database's: sessions, schedules and filters by time go wrong.`,
        mend: 'Let both machines take their time from a time server (NTP).',
      },
    ];
  },
};

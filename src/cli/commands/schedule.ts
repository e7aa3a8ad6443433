import { openJobQueue } from '../../jobs/index.ts';
import { listSchedules, plannedSchedules } from '../../jobs/worker/index.ts';
import { usageError } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { writeOutput } from '../terminal.ts';
import { withDatabase } from './options.ts';
import { crontab, settingsFile, showSchedules } from './schedule-output.ts';

/** `hotspots schedule`: what runs when. */
export const schedule: Command = {
  usage: '[--crontab [--settings=FILE]] [--json]',
  options: {
    crontab: { type: 'boolean', help: 'lines for the system’s cron instead, which then needs no worker' },
    settings: {
      type: 'string',
      value: 'FILE',
      help: 'with --crontab: where cron finds the settings, one NAME=value a line',
    },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 0,
  examples: [
    [
      'npm run --silent schedule -- --crontab --settings=/etc/hotspots.env',
      'What to add with crontab -e to have cron do it, where no worker runs',
    ],
  ],
  run: async (given) => {
    const planned = await plannedSchedules();
    const settings = given.text('settings');
    if (settings !== undefined && !given.flag('crontab'))
      throw usageError('schedule', '--settings goes with --crontab.');
    if (given.flag('crontab')) {
      await writeOutput(crontab(planned, await settingsFile(settings)));
      return exitCodes.done;
    }
    return withDatabase(async (database) => {
      await using queue = await openJobQueue(database);
      const schedules = await listSchedules(queue, planned);
      const workers = (await queue.boss.getInstances()).filter(({ live }) => live);
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ schedules, workers: workers.map(({ host, pid }) => ({ host, pid })) })
          : showSchedules(schedules, workers.length),
      );
      return exitCodes.done;
    });
  },
};

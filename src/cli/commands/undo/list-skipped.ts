import type { Sequelize } from 'sequelize';
import { readUndoSteps } from '../../../audit/undo/index.ts';
import { safeText } from '../terminal/safe-text.ts';

const pageSize = 1000;

/** Every record that a plan leaves alone, with the reasons. */
export async function listSkipped(sequelize: Sequelize, planId: string): Promise<string[]> {
  const lines: string[] = [];
  for (let after = 0; ; ) {
    const steps = await readUndoSteps(sequelize, planId, { limit: pageSize, after, only: 'conflicts' });
    for (const { model, objectId, objectLabel, conflicts } of steps) {
      lines.push(`    ${safeText(`${model} ${objectId}  ${objectLabel}`)}`);
      for (const { message } of conflicts) lines.push(`      ${safeText(message)}`);
    }
    after = steps.at(-1)?.position ?? after;
    if (steps.length < pageSize) return lines;
  }
}

import type { UndoPlan } from '../audit/undo/index.ts';
import type { Role } from '../models/user.ts';

/** Who may carry a plan out: an editor gives fields their old values, an admin also undoes creations and deletions. */
export function roleForPlan({ counts }: UndoPlan): Extract<Role, 'editor' | 'admin'> {
  return counts.recreated + counts.removed > 0 ? 'admin' : 'editor';
}

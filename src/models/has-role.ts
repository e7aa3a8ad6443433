import { type Role, roles, type User } from './user.ts';

/** Whether a user may do what needs a role: each role may do what those before it may. */
export function hasRole(user: Pick<User, 'role'>, needed: Role): boolean {
  return roles.indexOf(user.role) >= roles.indexOf(needed);
}

import type { Role } from '../records/user.ts';

/** The pages that every page leads to, in their order. */
export const navigation = [
  { name: 'runs', label: 'Runs', href: '/review', role: 'viewer' },
  { name: 'changes', label: 'Changes', href: '/review/changes', role: 'viewer' },
  { name: 'suggestions', label: 'Suggestions', href: '/review/suggestions', role: 'viewer' },
  { name: 'holds', label: 'Holds', href: '/review/holds', role: 'viewer' },
  { name: 'admin', label: 'Admin', href: '/admin', role: 'viewer' },
  { name: 'jobs', label: 'Jobs', href: '/jobs', role: 'viewer' },
  { name: 'users', label: 'Users', href: '/users', role: 'admin' },
] as const satisfies readonly { name: string; label: string; href: string; role: Role }[];

export type PageName = (typeof navigation)[number]['name'];

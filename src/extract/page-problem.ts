/** Something a reader could not read, said once per kind of trouble. Reading goes on without it. */
export interface PageProblem {
  code: PageProblemCode;
  message: string;
}

export type PageProblemCode =
  | 'charset-unsupported'
  | 'json-ld-unreadable'
  | 'too-many-nodes'
  | 'too-many-items'
  | 'too-many-links'
  | 'markup-too-deep'
  | 'calendar-line-unreadable'
  | 'calendar-component-unreadable'
  | 'calendar-truncated'
  | 'calendar-zone-unknown'
  | 'calendar-recurrence-unreadable'
  | 'calendar-recurrence-cut'
  | 'sitemap-not-a-sitemap'
  | 'sitemap-compressed-damaged'
  | 'sitemap-too-large'
  | 'sitemap-url-unreadable';

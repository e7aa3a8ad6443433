import { canAnybodySignIn } from '../../accounts/change-access.ts';
import { signIn } from '../../accounts/sign-in.ts';
import { HotspotsError } from '../../errors.ts';
import { csrfField } from '../csrf-field.ts';
import { formFields } from '../form-fields.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { sameSitePath } from '../same-site-path.ts';
import { passwordMark } from './password-mark.ts';
import '../route-config.ts';

/** Forms for one address in a minute: each that is shown to a stranger stores a session. */
const shown = { max: 60, timeWindow: '1 minute' };

/** Attempts from one address in a minute. */
const attempts = { max: 20, timeWindow: '1 minute' };

/** /sign-in and /sign-out. */
export const signInPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<{ Querystring: { next?: string } }>(
    '/sign-in',
    { config: { access: 'public', rateLimit: shown } },
    async (request, reply) => {
      const next = sameSitePath(request.query.next, '/review');
      if (request.user !== null) return reply.redirect(next, 303);
      const body = await signInForm(csrfField(reply), next, '', null, await canAnybodySignIn());
      return sendPage(request, reply, { title: 'Sign in', body });
    },
  );

  app.post('/sign-in', { config: { access: 'public', rateLimit: attempts } }, async (request, reply) => {
    const fields = formFields(request);
    const email = fields.get('email') ?? '';
    const next = sameSitePath(fields.get('next'), '/review');
    try {
      const user = await signIn(sequelize, email, fields.get('password') ?? '');
      // A session that somebody else may know the id of must not become that of a user.
      await request.session.regenerate();
      request.session.userId = user.id;
      request.session.signedInAt = Date.now();
      request.session.passwordMark = passwordMark(user.passwordHash ?? '');
      return reply.redirect(next, 303);
    } catch (error) {
      if (!(error instanceof HotspotsError)) throw error;
      const body = signInForm(csrfField(reply), next, email, error.message, true);
      return sendPage(request, reply, { title: 'Sign in', body, status: 401 });
    }
  });

  app.post('/sign-out', { config: { access: 'public' } }, async (request, reply) => {
    await request.session.destroy();
    return reply.redirect('/sign-in', 303);
  });
};

function signInForm(
  csrf: Html,
  next: string,
  email: string,
  problem: string | null,
  isSomebodyThere: boolean,
): Html {
  return html`<section class="narrow">
    <h1>Sign in</h1>
    ${
      isSomebodyThere
        ? ''
        : html`<div class="notice"><p>Nobody can sign in yet. Make the first admin on the server’s command line:</p>
      <pre>npm run hotspots -- user create you@example.org --role=admin</pre></div>`
    }
    ${problem === null ? '' : html`<p class="problem" role="alert">${problem}</p>`}
    <form class="stacked" method="post" action="/sign-in">
      ${csrf}
      <input type="hidden" name="next" value="${next}" />
      <label>E-mail address
        <input name="email" type="email" autocomplete="username" required maxlength="254" value="${email}" autofocus />
      </label>
      <label>Password
        <input name="password" type="password" autocomplete="current-password" required maxlength="1024" />
      </label>
      <button class="primary">Sign in</button>
    </form>
  </section>`;
}

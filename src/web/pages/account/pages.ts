import { isPassword } from '../../../accounts/passwords.ts';
import { signIn } from '../../../accounts/sign-in.ts';
import { canAnybodySignIn, changePassword } from '../../../accounts/users.ts';
import { HotspotsError } from '../../../errors.ts';
import { User } from '../../../records/index.ts';
import '../../access.ts';
import { csrfField, formFields, type Html, html } from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { backTo, sameSitePath } from '../../redirect.ts';
import { passwordMark, sessionHash, signedInUser } from './sessions.ts';

/** The present password can be guessed by whoever finds a browser open. */
const attempts = { max: 20, timeWindow: '1 minute' };

/** /account: one's own password. */
export const accountPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/account', { config: { access: 'viewer' } }, (request, reply) => {
    const { email, role } = signedInUser(request);
    return sendPage(request, reply, {
      title: 'Your account',
      body: html`<section class="narrow">
        <h1>Your account</h1>
        <p>${email}, ${role}</p>
        <h2>Change your password</h2>
        <p>At least 12 characters; a few words that you can remember. You are signed out everywhere else.</p>
        <form class="stacked" method="post" action="/account/password">
          ${csrfField(reply)}
          <label>Current password <input name="present" type="password" autocomplete="current-password" required /></label>
          <label>New password
            <input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1024" />
          </label>
          <button class="primary">Change the password</button>
        </form>
      </section>`,
    });
  });

  app.post(
    '/account/password',
    { config: { access: 'viewer', rateLimit: attempts } },
    async (request, reply) => {
      const user = signedInUser(request);
      const fields = formFields(request);
      if (!(await isPassword(fields.get('present') ?? '', user.passwordHash)))
        throw new HotspotsError('PASSWORD_REFUSED', 'The current password is wrong. Nothing was changed.');
      const own = sessionHash(request.session.sessionId);
      await changePassword(sequelize, user.email, fields.get('password') ?? '', own);
      const { passwordHash } = await User.findByPk(user.id, { rejectOnEmpty: true });
      request.session.passwordMark = passwordMark(passwordHash ?? '');
      return backTo(request, reply, '/account', 'Your password was changed.');
    },
  );
};

/** Forms for one address in a minute: each that is shown to a stranger stores a session. */
const shown = { max: 60, timeWindow: '1 minute' };

/** Attempts from one address in a minute. */
const signInAttempts = { max: 20, timeWindow: '1 minute' };

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

  app.post(
    '/sign-in',
    { config: { access: 'public', rateLimit: signInAttempts } },
    async (request, reply) => {
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
    },
  );

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

import { registerHooks } from 'node:module';

/** Given to Node with --import: the packages that HIDDEN_PACKAGES names cannot be found, as if they were not installed. */
const hidden = new RegExp(`^(?:${process.env.HIDDEN_PACKAGES})(?:/|$)`);

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(hidden.test(specifier) ? `not-installed-${specifier.replace('@', '')}` : specifier, context),
});

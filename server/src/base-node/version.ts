/** The version in the manifest; the bundler writes it in. */
declare const REVSAFE_VERSION: string;

export const version: string = typeof REVSAFE_VERSION === 'string' ? REVSAFE_VERSION : '0.0.0';

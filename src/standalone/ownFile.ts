/** This file, as a path or a URL: CommonJS knows it by one name, ESM by another, and a bundler by none. */
export const ownFile: string | undefined = typeof __filename === 'string' ? __filename : import.meta.url;

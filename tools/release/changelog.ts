/** One release of CHANGELOG.md. */
export interface Release {
  /** `1.2.3`, or `Unreleased`. */
  readonly version: string;
  /** `2026-11-30`; `unreleased`, or undefined, for what is not published. */
  readonly date: string | undefined;
  /** What stands below the heading. */
  readonly notes: string;
}

const HEADING = /^## \[([^\]]+)\](?: - (\S+))?$/gm;

/** The releases of a changelog in the form of Keep a Changelog, newest first. */
export function releases(changelog: string): Release[] {
  const headings = [...changelog.matchAll(HEADING)];
  return headings.map((heading, index) => ({
    version: heading[1] ?? '',
    date: heading[2],
    notes: changelog
      .slice(heading.index + heading[0].length, headings[index + 1]?.index)
      // The links of the headings stand at the end of the page.
      .replace(/^\[[^\]]+\]: \S+$/gm, '')
      .trim(),
  }));
}

/**
 * The notes of the release that a tag asks for.
 *
 * @param tag `v1.2.3`
 * @param version the version in package.json
 * @throws if tag, version and changelog do not agree
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (tag !== `v${version}`) {
    throw new Error(
      `the tag is ${tag}, but package.json has version ${version}: the tag must be v${version}`,
    );
  }
  const release = releases(changelog).find((entry) => entry.version === version);
  if (release === undefined) {
    throw new Error(`CHANGELOG.md has no heading '## [${version}] - <date>'`);
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(release.date ?? '')) {
    throw new Error(`CHANGELOG.md has no date for ${version}: it says '${release.date ?? ''}'`);
  }
  if (release.notes === '') {
    throw new Error(`CHANGELOG.md says nothing about ${version}`);
  }
  return release.notes;
}

import type { Issue } from '../issues'

/** Tells the host, whose own fault must not stop the outbox; answers the issue. */
export const reporter =
  (onIssue: ((issue: Issue) => void) | undefined) =>
  (issue: Issue): Issue => {
    try {
      if (onIssue) onIssue(issue)
    } catch {
      // the host's own
    }
    return issue
  }

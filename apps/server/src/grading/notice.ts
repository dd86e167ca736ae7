/**
 * What an LMS is told where grading or delivery failed for good: the form of an answer that it shows to the learner and counts for
 * nothing (xqueue.md 1.6). The message is well-formed XML, because an LMS parses it as such first.
 */
export const failureNotice = (why: string): string =>
  JSON.stringify({
    correct: null,
    score: 0,
    msg: `<div class="capa_alert"><p>Your submission could not be graded. This is not your fault; please submit it again, or tell the course staff.</p><p>${escapeXml(why)}</p></div>`,
  })

// XML 1.0 has no place for most control characters, escaped or not.
const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, ' ')
    .slice(0, 500)
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

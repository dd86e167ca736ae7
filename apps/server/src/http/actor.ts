/** Who is calling, resolved once per request. `user` is null for guests and for service principals (keys that act as a machine). */
export interface Actor {
  principal_id: string
  user: { id: string; email: string; display_name: string; is_admin: boolean; is_creator: boolean; is_operator: boolean; created_at: string } | null
  /** A learner without an account; may do only what an endpoint's access says of guests. */
  is_guest: boolean
  /** Null for a browser session or a personal token, which may do all its user may; else what the key was given. */
  scopes: readonly string[] | null
  session_id: string | null
  /** True where the proof came as a cookie: such calls must come from our own origin. */
  by_cookie: boolean
}

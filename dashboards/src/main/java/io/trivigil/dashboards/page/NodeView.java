package io.trivigil.dashboards.page;

import java.util.Optional;

/// One node as the answering node sees it.
///
/// @param role `leader`, `follower`, `candidate` or `listener`
/// @param url where its pages are, if known
/// @param lagMs how old its state is at most, in milliseconds; -1 when nobody can say
/// @param skewMs its clock minus the leader's, in milliseconds, as it last reported; 0 below 100
public record NodeView(
    String id,
    String role,
    String address,
    Optional<String> url,
    long appliedIndex,
    long lagMs,
    long skewMs,
    boolean live) {

  /// Returns the address of its pages, if it is one of the web.
  public String href() {
    return url.filter(u -> u.startsWith("http://") || u.startsWith("https://")).orElse("");
  }

  public boolean lagKnown() {
    return live && lagMs >= 0;
  }

  public boolean leads() {
    return role.equals("leader");
  }
}

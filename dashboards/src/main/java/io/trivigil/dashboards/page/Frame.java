package io.trivigil.dashboards.page;

import io.trivigil.dashboards.Language;
import io.trivigil.dashboards.Theme;
import java.util.List;

/// What surrounds every page: who asks, who answers, and what everybody must know.
///
/// @param nowMs the answering node's time, against which "12 s ago" is said
/// @param title the operator's own title (`--web.page-title`), or empty
/// @param version the program's version
/// @param firing how many alerts fire and are not muted, for the navigation's badge
/// @param notices what every page says in its head, beside the cluster's own state
public record Frame(
    Language language,
    Theme theme,
    long nowMs,
    String title,
    String version,
    ClusterView cluster,
    int firing,
    List<Notice> notices) {

  public Frame {
    notices = List.copyOf(notices);
  }

  public String themeName() {
    return theme.wire();
  }
}

package io.trivigil.dashboards.page;

/// One choice of a row of choices above a list: `Firing 3`.
///
/// @param key names the text
/// @param count how many rows it holds, or -1 to show none
/// @param mood colours the count: `good`, `warn`, `bad` or empty
public record Segment(String key, long count, String mood, String href, boolean on) {

  public boolean counted() {
    return count >= 0;
  }

  /// Returns the mood unless nothing is counted, so that a zero stays quiet.
  public String shownMood() {
    return count > 0 ? mood : "";
  }
}

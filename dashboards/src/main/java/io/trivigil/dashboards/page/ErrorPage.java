package io.trivigil.dashboards.page;

/// What is shown in place of a page that can not be.
///
/// @param status the HTTP status
/// @param detail what was wrong, for a reader; may be empty
public record ErrorPage(int status, String detail) implements Page {
  @Override
  public Place place() {
    return Place.ERROR;
  }

  public boolean missing() {
    return status == 404;
  }
}

package io.trivigil.dashboards.page;

/// The form for a new silence, or for an existing one (`?id=…`).
///
/// The browser fills it in: from `?filter={…}`, or from the silence's own JSON.
public record SilenceFormPage() implements Page {
  @Override
  public Place place() {
    return Place.SILENCE_FORM;
  }
}

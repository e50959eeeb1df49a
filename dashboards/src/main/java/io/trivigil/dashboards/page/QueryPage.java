package io.trivigil.dashboards.page;

/// The place to ask PromQL; its state is all in the address: `?g0.expr=up&g0.tab=0`.
public record QueryPage() implements Page {
  @Override
  public Place place() {
    return Place.QUERY;
  }
}

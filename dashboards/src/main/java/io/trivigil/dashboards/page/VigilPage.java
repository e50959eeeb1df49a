package io.trivigil.dashboards.page;

/// How well the vigil is kept: the cluster's own figures over the last hour, from what it scrapes
/// of itself. The browser asks for them; without a job that scrapes the nodes the curves stay
/// empty.
///
/// @param watched whether something scrapes the nodes
public record VigilPage(boolean watched) implements Page {
  @Override
  public Place place() {
    return Place.VIGIL;
  }
}

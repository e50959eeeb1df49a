package io.trivigil.dashboards.page;

import java.util.List;

/// What runs here: build, runtime, flags, configuration and its versions.
///
/// @param build name and value, in the order to show
/// @param versions newest first
/// @param files the texts of the configuration that runs, secrets shown as `<secret>`
/// @param alertmanagers addresses of other alertmanagers that the configuration names
public record StatusPage(
    List<Fact> build,
    List<Fact> runtime,
    List<Fact> storage,
    List<Fact> flags,
    List<Version> versions,
    List<TextFile> files,
    List<String> alertmanagers)
    implements Page {

  /// @param key names the text `fact.<key>` where there is one, else it is shown as it is
  public record Fact(String key, String value) {}

  /// @param node which node offered it
  public record Version(long number, long changedMs, String node, String note, boolean current) {}

  public record TextFile(String name, String text) {}

  public StatusPage {
    build = List.copyOf(build);
    runtime = List.copyOf(runtime);
    storage = List.copyOf(storage);
    flags = List.copyOf(flags);
    versions = List.copyOf(versions);
    files = List.copyOf(files);
    alertmanagers = List.copyOf(alertmanagers);
  }

  @Override
  public Place place() {
    return Place.STATUS;
  }
}

package io.trivigil.scraper.discovery;

import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.state.TargetGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/// Targets in files. A file that can not be read keeps the groups it had; a file that is gone takes
/// them along.
public final class FileFinder implements GroupFinder {
  private final ConfigFiles files;
  private final List<String> patterns;

  public FileFinder(ConfigFiles files, List<String> patterns) {
    this.files = files;
    this.patterns = List.copyOf(patterns);
  }

  @Override
  public Found find(SortedMap<String, TargetGroup> before) {
    Set<String> paths = new LinkedHashSet<>();
    patterns.forEach(pattern -> paths.addAll(files.glob(pattern)));
    List<TargetGroup> groups = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (String path : paths) {
      try {
        var text = files.read(path);
        if (text.isPresent()) {
          groups.addAll(GroupText.read(path, text.get(), "__meta_filepath"));
        }
      } catch (IOException e) {
        failures.add(path + ": " + e.getMessage());
        before.values().stream().filter(g -> isOf(g, path)).forEach(groups::add);
      }
    }
    return new Found(groups, failures);
  }

  private static boolean isOf(TargetGroup group, String path) {
    return group.source().substring(0, group.source().lastIndexOf(':')).equals(path);
  }
}

package io.trivigil.config.version;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.trivigil.config.SecretText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What changed from one bundle to another, fit to be shown: secrets are replaced, and where they
/// alone changed it says so.
///
/// @param files those that differ, by name
/// @param variables names of environment variables whose values differ; the values are not shown
public record ConfigDifference(List<File> files, List<String> variables) {
  private static final int CONTEXT_LINES = 3;

  /// One file that differs.
  ///
  /// @param unified the lines of a unified difference, empty if secrets alone differ
  /// @param secretsDiffer whether a secret changed, which the lines can not show
  public record File(String name, List<String> unified, boolean secretsDiffer) {
    public File {
      unified = List.copyOf(unified);
    }
  }

  public ConfigDifference {
    files = List.copyOf(files);
    variables = List.copyOf(variables);
  }

  public boolean isEmpty() {
    return files.isEmpty() && variables.isEmpty();
  }

  /// The names of what differs: files, then variables as `$NAME`.
  public List<String> names() {
    List<String> names = new ArrayList<>(files.stream().map(File::name).toList());
    variables.forEach(variable -> names.add("$" + variable));
    return names;
  }

  /// Compares two bundles. The main files are compared with each other whatever they are called.
  public static ConfigDifference between(ConfigBundle before, ConfigBundle after) {
    List<File> files = new ArrayList<>();
    for (String name : changed(before.files(), after.files())) {
      files.add(file(name, before, after));
    }
    return new ConfigDifference(files, changed(before.variables(), after.variables()));
  }

  /// The names of what differs alone, which is cheaper.
  public static List<String> names(ConfigBundle before, ConfigBundle after) {
    List<String> names = new ArrayList<>(changed(before.files(), after.files()));
    changed(before.variables(), after.variables()).forEach(name -> names.add("$" + name));
    return names;
  }

  private static List<String> changed(
      SortedMap<String, Optional<String>> before, SortedMap<String, Optional<String>> after) {
    SortedSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    return names.stream()
        .filter(
            name ->
                !before
                    .getOrDefault(name, Optional.empty())
                    .equals(after.getOrDefault(name, Optional.empty())))
        .toList();
  }

  private static File file(String name, ConfigBundle before, ConfigBundle after) {
    SecretText old = shown(name, before);
    SecretText fresh = shown(name, after);
    List<String> oldLines = lines(old.text());
    List<String> unified =
        UnifiedDiffUtils.generateUnifiedDiff(
            before.file(name).isPresent() ? name : "/dev/null",
            after.file(name).isPresent() ? name : "/dev/null",
            oldLines,
            DiffUtils.diff(oldLines, lines(fresh.text())),
            CONTEXT_LINES);
    return new File(name, unified, !old.secrets().equals(fresh.secrets()));
  }

  /// All files of a bundle as they may be shown, by name; those that were not there are left out.
  public static SortedMap<String, String> shown(ConfigBundle bundle) {
    SortedMap<String, String> shown = new TreeMap<>();
    bundle
        .files()
        .forEach(
            (name, text) -> {
              if (text.isPresent()) {
                shown.put(name, shown(name, bundle).text());
              }
            });
    return shown;
  }

  /// Template files are no YAML and hold no secrets; everything else is YAML.
  private static SecretText shown(String name, ConfigBundle bundle) {
    String text = bundle.file(name).orElse("");
    boolean yaml =
        name.equals(bundle.prometheusFile())
            || name.equals(bundle.alertmanagerFile())
            || !(name.endsWith(".tmpl") || name.endsWith(".html") || name.endsWith(".txt"));
    return yaml ? SecretText.ofYaml(text) : new SecretText(text, List.of());
  }

  private static List<String> lines(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split("\n", -1));
  }
}

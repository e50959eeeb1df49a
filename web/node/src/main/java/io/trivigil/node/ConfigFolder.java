package io.trivigil.node;

import io.trivigil.config.http.SecretFiles;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.scraper.loop.FileWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the configuration lies on this machine. In the log, files are named from the folder of the
/// main file on, so that a version is the same wherever each machine keeps it; here they are found
/// again.
///
/// An `alertmanager.yml` in another folder than the main file keeps its absolute name. Immutable.
///
/// @param folder the folder of the main file; absolute
/// @param prometheusFile the main file's name in the log
/// @param alertmanagerFile the alertmanager's file's name in the log
record ConfigFolder(Path folder, String prometheusFile, Optional<String> alertmanagerFile) {

  /// The folder of files as the user named them.
  static ConfigFolder of(String prometheusFile, Optional<String> alertmanagerFile) {
    Path main = Path.of(prometheusFile);
    Path folder = folderOf(main);
    return new ConfigFolder(
        folder, name(main), alertmanagerFile.map(file -> nameFrom(folder, Path.of(file))));
  }

  private static Path folderOf(Path file) {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    return parent == null ? absolute : parent;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String nameFrom(Path folder, Path file) {
    Path absolute = file.toAbsolutePath();
    return folder.equals(folderOf(file)) ? name(file) : absolute.toString();
  }

  /// The path on this machine of what the log names.
  String local(String name) {
    return folder.resolve(name).toString();
  }

  /// The machine's files under the names that they have in the log.
  ConfigBundle.Source over(ConfigBundle.Source machine) {
    return new ConfigBundle.Source() {
      @Override
      public Optional<String> file(String path) {
        return machine.file(local(path));
      }

      @Override
      public List<String> glob(String pattern) {
        List<String> found = machine.glob(local(pattern));
        return Path.of(pattern).isAbsolute()
            ? found
            : found.stream().map(ConfigFolder.this::shorten).toList();
      }

      @Override
      public Optional<String> variable(String name) {
        return machine.variable(name);
      }
    };
  }

  private String shorten(String path) {
    String prefix = folder + "/";
    return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  /// Reads secrets, keys and certificates, each node its own.
  SecretFiles secrets() {
    return name -> Files.readString(Path.of(local(name)));
  }

  /// Watches the files that the log names.
  FileWatch watch(FileWatch machine) {
    return (patterns, changed) ->
        machine.watch(patterns.stream().map(this::local).toList(), changed);
  }
}

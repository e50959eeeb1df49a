package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that reading the configuration asked of the machine it was read on: files, globs and
/// environment variables, each with its answer. Reading the bundle again on another node gives the
/// same configuration, whatever that node's disk and environment say.
///
/// Layout of version 1: `u8 1 | strings prometheusFile, alertmanagerFile | files | globs |
/// variables`, each a varint count of (string, value); a value is a bool (found) and a string, or a
/// list of strings.
///
/// @param prometheusFile the main file, empty where the built-in default is used
/// @param alertmanagerFile the main file, empty where there is none
/// @param files contents by path as it was asked for; a file that was not there has no content
/// @param globs paths by pattern
/// @param variables environment variables by name
public record ConfigBundle(
    String prometheusFile,
    String alertmanagerFile,
    SortedMap<String, Optional<String>> files,
    SortedMap<String, List<String>> globs,
    SortedMap<String, Optional<String>> variables) {
  private static final int VERSION = 1;

  public ConfigBundle {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    globs = Collections.unmodifiableSortedMap(new TreeMap<>(globs));
    variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
  }

  /// The content of a file; empty if it was not there, or was not asked for when the bundle was
  /// made.
  public Optional<String> file(String path) {
    return files.getOrDefault(path, Optional.empty());
  }

  public List<String> glob(String pattern) {
    return globs.getOrDefault(pattern, List.of());
  }

  public Optional<String> variable(String name) {
    return variables.getOrDefault(name, Optional.empty());
  }

  /// Asks another source, or the same one later, all that was asked for this bundle.
  public ConfigBundle askAgain(Source source) {
    Recorder recorder = new Recorder(source);
    files.keySet().forEach(recorder::file);
    globs.keySet().forEach(recorder::glob);
    variables.keySet().forEach(recorder::variable);
    return recorder.bundle(prometheusFile, alertmanagerFile);
  }

  /// SHA-256 of [#encode] in hex: equal exactly if everything that was read is equal.
  public String hash() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encode()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public byte[] encode() {
    ByteWriter out =
        new ByteWriter(4096).u8(VERSION).string(prometheusFile).string(alertmanagerFile);
    encodeTexts(out, files);
    out.varint(globs.size());
    globs.forEach(
        (pattern, paths) -> {
          out.string(pattern).varint(paths.size());
          paths.forEach(out::string);
        });
    encodeTexts(out, variables);
    return out.toBytes();
  }

  private static void encodeTexts(ByteWriter out, SortedMap<String, Optional<String>> texts) {
    out.varint(texts.size());
    texts.forEach((key, text) -> out.string(key).bool(text.isPresent()).string(text.orElse("")));
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no bundle
  public static ConfigBundle decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "configuration bundle version: expected=%d found=%d".formatted(VERSION, version));
    }
    String prometheusFile = in.string();
    String alertmanagerFile = in.string();
    SortedMap<String, Optional<String>> files = decodeTexts(in);
    SortedMap<String, List<String>> globs = new TreeMap<>();
    for (int i = in.count(2); i > 0; i--) {
      String pattern = in.string();
      List<String> paths = new ArrayList<>();
      for (int k = in.count(1); k > 0; k--) {
        paths.add(in.string());
      }
      globs.put(pattern, List.copyOf(paths));
    }
    SortedMap<String, Optional<String>> variables = decodeTexts(in);
    in.expectEnd();
    return new ConfigBundle(prometheusFile, alertmanagerFile, files, globs, variables);
  }

  private static SortedMap<String, Optional<String>> decodeTexts(ByteReader in) {
    SortedMap<String, Optional<String>> texts = new TreeMap<>();
    for (int i = in.count(3); i > 0; i--) {
      String key = in.string();
      boolean found = in.bool();
      String text = in.string();
      texts.put(key, found ? Optional.of(text) : Optional.empty());
    }
    return texts;
  }

  /// Where configuration is read from: a machine, or a bundle.
  public interface Source {
    /// A file's content; empty if there is no such file.
    Optional<String> file(String path);

    /// The paths that match a pattern, sorted.
    List<String> glob(String pattern);

    /// An environment variable.
    Optional<String> variable(String name);
  }

  /// This bundle as a source.
  public Source asSource() {
    return new Source() {
      @Override
      public Optional<String> file(String path) {
        return ConfigBundle.this.file(path);
      }

      @Override
      public List<String> glob(String pattern) {
        return ConfigBundle.this.glob(pattern);
      }

      @Override
      public Optional<String> variable(String name) {
        return ConfigBundle.this.variable(name);
      }
    };
  }

  /// A source that passes on to another and remembers every answer. Belongs to one thread.
  public static final class Recorder implements Source {
    private final Source source;
    private final SortedMap<String, Optional<String>> files = new TreeMap<>();
    private final SortedMap<String, List<String>> globs = new TreeMap<>();
    private final SortedMap<String, Optional<String>> variables = new TreeMap<>();

    public Recorder(Source source) {
      this.source = source;
    }

    @Override
    public Optional<String> file(String path) {
      return files.computeIfAbsent(path, source::file);
    }

    @Override
    public List<String> glob(String pattern) {
      return globs.computeIfAbsent(pattern, source::glob);
    }

    @Override
    public Optional<String> variable(String name) {
      return variables.computeIfAbsent(name, source::variable);
    }

    /// What was asked so far.
    public ConfigBundle bundle(String prometheusFile, String alertmanagerFile) {
      return new ConfigBundle(prometheusFile, alertmanagerFile, files, globs, variables);
    }
  }

  /// The bytes of all contents together, for the limit.
  public int sizeBytes() {
    return files.values().stream()
        .mapToInt(text -> text.map(t -> t.getBytes(StandardCharsets.UTF_8).length).orElse(0))
        .sum();
  }
}

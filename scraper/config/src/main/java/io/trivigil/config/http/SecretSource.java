package io.trivigil.config.http;

import io.trivigil.config.Secret;
import io.trivigil.config.YamlMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Where a secret stands: in the configuration itself, or in a file.
public sealed interface SecretSource {
  /// Written in the configuration.
  record Inline(Secret secret) implements SecretSource {}

  /// In a file of each node.
  record InFile(String path) implements SecretSource {}

  /// The secret as it is now; surrounding blanks of a file are left out.
  default Secret resolve(SecretFiles files) throws IOException {
    return switch (this) {
      case Inline(Secret secret) -> secret;
      case InFile(String path) -> {
        try {
          yield new Secret(files.read(path).strip());
        } catch (IOException e) {
          throw new IOException("unable to read file %s: %s".formatted(path, e.getMessage()), e);
        }
      }
    };
  }

  /// Reads `key` or `key_file`; the file is searched from `folder` on. Empty if neither is there.
  static Optional<SecretSource> read(YamlMap map, String key, Path folder) {
    Optional<SecretSource> inline =
        map.secret(key).filter(secret -> !secret.isEmpty()).map(Inline::new);
    Optional<SecretSource> file =
        map.string(key + "_file")
            .filter(path -> !path.isEmpty())
            .map(path -> new InFile(folder.resolve(path).normalize().toString()));
    return inline.or(() -> file);
  }

  /// Whether both `key` and `key_file` are there.
  static boolean isTwice(YamlMap map, String key) {
    return isSet(map, key) && isSet(map, key + "_file");
  }

  /// Whether a field holds a text that is not empty.
  static boolean isSet(YamlMap map, String key) {
    return map.value(key).filter(value -> !value.text().isEmpty()).isPresent();
  }
}

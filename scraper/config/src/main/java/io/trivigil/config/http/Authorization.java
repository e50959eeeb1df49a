package io.trivigil.config.http;

import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// A fixed `Authorization` header: a type and credentials.
///
/// @param type `Bearer` unless the user says otherwise; never `Basic`
public record Authorization(String type, Optional<SecretSource> credentials) {
  static Authorization read(YamlMap map, Path folder) {
    map.accept("credentials_ref");
    if (SecretSource.isTwice(map, "credentials")) {
      map.problem(
          "credentials",
          "at most one of authorization credentials & credentials_file must be configured");
    }
    String type = map.string("type", "").strip();
    if (type.toLowerCase(Locale.ROOT).equals("basic")) {
      map.problem(
          "type", "authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
    }
    return new Authorization(
        type.isEmpty() ? "Bearer" : type, SecretSource.read(map, "credentials", folder));
  }
}

package io.trivigil.config.http;

import io.trivigil.config.Secret;
import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A header that is added to each request, once for each of its values.
public record HttpHeader(String name, List<String> values, List<SecretSource> secrets) {
  /// What the client itself sets.
  private static final Set<String> RESERVED =
      Set.of(
          "authorization",
          "host",
          "content-encoding",
          "content-length",
          "content-type",
          "user-agent",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "www-authenticate",
          "accept-encoding",
          "x-prometheus-remote-write-version",
          "x-prometheus-remote-read-version",
          "x-prometheus-scrape-timeout-seconds",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256");

  public HttpHeader {
    values = List.copyOf(values);
    secrets = List.copyOf(secrets);
  }

  static List<HttpHeader> readAll(YamlMap map, Path folder) {
    List<HttpHeader> headers = new ArrayList<>();
    map.object(
        "http_headers",
        "Headers",
        all -> {
          for (String name : all.names()) {
            if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
              all.problem(name, "setting header \"%s\" is not allowed".formatted(name));
            }
            all.object(name, "Header", header -> headers.add(read(name, header, folder)));
          }
          return headers;
        });
    return headers;
  }

  private static HttpHeader read(String name, YamlMap map, Path folder) {
    List<SecretSource> secrets = new ArrayList<>();
    map.strings("secrets").forEach(text -> secrets.add(new SecretSource.Inline(new Secret(text))));
    map.strings("files")
        .forEach(
            path ->
                secrets.add(new SecretSource.InFile(folder.resolve(path).normalize().toString())));
    return new HttpHeader(name, map.strings("values"), secrets);
  }
}

package io.trivigil.config.http;

import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `http_config`: how somebody else's HTTP server is reached. Prints no secret.
///
/// `basic_auth`, `authorization` and `oauth2` exclude each other; the old `bearer_token` reads as
/// an `authorization`.
public record HttpConfig(
    Optional<BasicAuth> basicAuth,
    Optional<Authorization> authorization,
    Optional<OAuth2> oauth2,
    TlsConfig tls,
    ProxyConfig proxy,
    boolean followRedirects,
    boolean enableHttp2,
    List<HttpHeader> headers) {
  /// No authentication, redirects followed, HTTP/2 where the server has it.
  public static final HttpConfig DEFAULT =
      new HttpConfig(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          TlsConfig.DEFAULT,
          ProxyConfig.NONE,
          true,
          true,
          List.of());

  public HttpConfig {
    headers = List.copyOf(headers);
  }

  /// Reads the fields of `map`, which may hold others too: a scrape config has them inline.
  ///
  /// @param folder where relative paths of files begin
  public static HttpConfig read(YamlMap map, Path folder) {
    return read(map, folder, true);
  }

  /// As [#read(YamlMap, Path)], with the default of `enable_http2` (false for remote write).
  public static HttpConfig read(YamlMap map, Path folder, boolean http2ByDefault) {
    Optional<BasicAuth> basicAuth =
        map.object("basic_auth", "BasicAuth", fields -> BasicAuth.read(fields, folder));
    Optional<OAuth2> oauth2 = map.object("oauth2", "OAuth2", fields -> OAuth2.read(fields, folder));
    Optional<Authorization> authorization =
        map.object("authorization", "Authorization", fields -> Authorization.read(fields, folder));
    Optional<SecretSource> token = SecretSource.read(map, "bearer_token", folder);
    String at = token.isPresent() ? "bearer_token" : "authorization";
    if (SecretSource.isTwice(map, "bearer_token")) {
      map.problem(at, "at most one of bearer_token & bearer_token_file must be configured");
    } else if (token.isPresent() && (basicAuth.isPresent() || oauth2.isPresent())) {
      map.problem(
          at,
          "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured");
    } else if (token.isPresent() && authorization.isPresent()) {
      map.problem(at, "authorization is not compatible with bearer_token & bearer_token_file");
    } else if (count(basicAuth, oauth2, authorization) > 1) {
      map.problem(
          authorization.isPresent() ? at : "oauth2",
          "at most one of basic_auth, oauth2 & authorization must be configured");
    }
    return new HttpConfig(
        basicAuth,
        authorization.or(
            () -> token.map(source -> new Authorization("Bearer", Optional.of(source)))),
        oauth2,
        TlsConfig.read(map, folder),
        ProxyConfig.read(map),
        map.bool("follow_redirects", true),
        map.bool("enable_http2", http2ByDefault),
        HttpHeader.readAll(map, folder));
  }

  private static int count(Optional<?>... options) {
    int count = 0;
    for (Optional<?> option : options) {
      count += option.isPresent() ? 1 : 0;
    }
    return count;
  }
}

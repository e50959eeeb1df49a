package io.trivigil.config.http;

import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// OAuth 2 with the client credentials grant: a token is fetched and sent as a bearer token.
///
/// @param endpointParams further parameters of the token request, in the order of the file
public record OAuth2(
    String clientId,
    Optional<SecretSource> clientSecret,
    List<String> scopes,
    String tokenUrl,
    Map<String, String> endpointParams,
    TlsConfig tls,
    ProxyConfig proxy) {
  public OAuth2 {
    scopes = List.copyOf(scopes);
    endpointParams = Collections.unmodifiableMap(new LinkedHashMap<>(endpointParams));
  }

  static OAuth2 read(YamlMap map, Path folder) {
    map.accept(
        "client_secret_ref",
        "client_certificate_key_id",
        "client_certificate_key",
        "client_certificate_key_file",
        "client_certificate_key_ref",
        "signature_algorithm",
        "iss",
        "audience",
        "claims");
    String grant = map.string("grant_type", "");
    if (!grant.isEmpty() && !grant.equals("client_credentials")) {
      map.problems()
          .warn(
              map.position("grant_type"),
              "oauth2 grant_type %s is not supported yet: requests will fail".formatted(grant));
    }
    String clientId = map.string("client_id", "");
    String tokenUrl = map.string("token_url", "");
    if (clientId.isEmpty()) {
      map.problem("client_id", "oauth2 client_id must be configured");
    }
    if (tokenUrl.isEmpty()) {
      map.problem("token_url", "oauth2 token_url must be configured");
    }
    if (SecretSource.isTwice(map, "client_secret")) {
      map.problem(
          "client_secret",
          "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured");
    }
    return new OAuth2(
        clientId,
        SecretSource.read(map, "client_secret", folder),
        map.strings("scopes"),
        tokenUrl,
        map.stringMap("endpoint_params"),
        TlsConfig.read(map, folder),
        ProxyConfig.read(map));
  }
}

package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.config.ConfigException;
import io.trivigil.raft.ratis.ClusterAccess;
import io.trivigil.raft.ratis.PortSecurity;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterFlagsTest {
  private static final Path FILE = Path.of("/etc/trivigil/cluster-tls.yml");

  @Test
  void alertmanagersFileIsReadAndItsPathsAreRelativeToIt() throws Exception {
    PortSecurity.Tls tls =
        ClusterFlags.tls(
            FILE,
            """
            tls_server_config:
              cert_file: certs/node1.pem
              key_file: /keys/node1-key.pem
              client_ca_file: certs/ca.pem
              client_auth_type: VerifyClientCertIfGiven
            tls_client_config:
              cert_file: certs/node1.pem
              key_file: /keys/node1-key.pem
              ca_file: certs/ca.pem
              server_name: trivigil.internal
            """);
    assertThat(tls.server().certificates()).hasToString("/etc/trivigil/certs/node1.pem");
    assertThat(tls.server().key()).hasToString("/keys/node1-key.pem");
    assertThat(tls.serverAuthorities()).contains(Path.of("/etc/trivigil/certs/ca.pem"));
    assertThat(tls.serverName()).isEqualTo("trivigil.internal");
    assertThat(tls.insecureSkipVerify()).isFalse();
  }

  @Test
  void allProblemsAreSaidWithTheirPlaces() {
    assertThatThrownBy(
            () ->
                ClusterFlags.tls(
                    FILE,
                    """
                    tls_server_config:
                      cert_file: a.pem
                      client_auth_type: Sometimes
                      colour: blue
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("missing tls_client_config")
        .hasMessageContaining("missing key_file")
        .hasMessageContaining("missing client_ca_file")
        .hasMessageContaining("invalid client_auth_type: Sometimes")
        .hasMessageContaining("cluster-tls.yml:4:3: field colour not found");
  }

  @Test
  void certificatesAndASecretTogetherAreRefused() {
    FlagValues both =
        FlagValues.parse(
            ServerFlags.all(), List.of("--cluster.tls-config=a", "--cluster.secret-file=b"));
    assertThatThrownBy(() -> ClusterFlags.access(both)).hasMessageContaining("one of them");
    FlagValues none = FlagValues.parse(ServerFlags.all(), List.of());
    assertThat(ClusterFlags.access(none)).isEqualTo(ClusterAccess.DEFAULT);
    FlagValues joins =
        FlagValues.parse(ServerFlags.all(), List.of("--cluster.join", "--cluster.secret-file=b"));
    assertThat(ClusterFlags.access(joins))
        .isEqualTo(new ClusterAccess(new PortSecurity.SharedSecret(Path.of("b")), true));
  }
}

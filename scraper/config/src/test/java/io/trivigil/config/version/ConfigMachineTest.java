package io.trivigil.config.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.config.version.ConfigCommand.Adopt;
import io.trivigil.config.version.ConfigCommand.Found;
import io.trivigil.config.version.ConfigCommand.Report;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfigMachineTest {
  private static final byte[] SEALED = {0, 1, 2};

  private final ConfigMachine machine = new ConfigMachine();

  private ConfigAnswer apply(ConfigCommand command) {
    // Through the bytes, as the log does it.
    return machine.apply(1_000, ConfigCommand.decode(new ByteReader(command.encode())));
  }

  @Test
  void clusterIsBornOnce() {
    assertThat(apply(new Found(new ClusterSettings(86_400_000, 1, 7))))
        .isInstanceOf(ConfigAnswer.Accepted.class);
    assertThat(apply(new Found(new ClusterSettings(86_400_000, 1, 8))))
        .isInstanceOf(ConfigAnswer.Refused.class);
    assertThat(machine.view().settings().orElseThrow().bornMs()).isEqualTo(7);
  }

  @Test
  void versionIsAdoptedOnlyOnTopOfTheOneItWasMadeFor() {
    assertThat(apply(new Adopt(0, "n1", "a", SEALED))).isEqualTo(new ConfigAnswer.Accepted(1));
    assertThat(apply(new Adopt(0, "n2", "b", SEALED))).isInstanceOf(ConfigAnswer.Refused.class);
    assertThat(apply(new Adopt(1, "n2", "b", SEALED))).isEqualTo(new ConfigAnswer.Accepted(2));
    assertThat(machine.view().newest().orElseThrow().hash()).isEqualTo("b");
  }

  @Test
  void onlySoManyVersionsAreKept() {
    for (int i = 0; i < ConfigMachine.KEPT_VERSIONS + 5; i++) {
      apply(new Adopt(i, "n1", "h" + i, SEALED));
    }
    assertThat(machine.view().versions()).hasSize(ConfigMachine.KEPT_VERSIONS);
    assertThat(machine.view().number()).isEqualTo(ConfigMachine.KEPT_VERSIONS + 5);
  }

  @Test
  void stateSurvivesItsSections() {
    apply(new Found(new ClusterSettings(86_400_000, 1, 7)));
    apply(new Adopt(0, "n1", "a", SEALED));
    apply(new Report("n1", new MemberReport("a", "http://h:1", -7, "n2")));
    ConfigMachine other = new ConfigMachine();
    other.restore(machine.sections());
    assertThat(other.view().settings()).isEqualTo(machine.view().settings());
    assertThat(other.view().reports()).isEqualTo(machine.view().reports());
    assertThat(other.sections().keySet()).isEqualTo(machine.sections().keySet());
    other
        .sections()
        .forEach(
            (name, bytes) -> assertThat(bytes).as(name).isEqualTo(machine.sections().get(name)));
  }

  @Test
  void bundleAnswersAsTheMachineDid() {
    ConfigBundle.Recorder recorder =
        new ConfigBundle.Recorder(
            new ConfigBundle.Source() {
              @Override
              public Optional<String> file(String path) {
                return path.equals("a.yml") ? Optional.of("a: 1") : Optional.empty();
              }

              @Override
              public List<String> glob(String pattern) {
                return List.of("a.yml");
              }

              @Override
              public Optional<String> variable(String name) {
                return Optional.of("v");
              }
            });
    recorder.file("a.yml");
    recorder.file("missing.yml");
    recorder.glob("*.yml");
    recorder.variable("X");
    ConfigBundle bundle = ConfigBundle.decode(recorder.bundle("a.yml", "").encode());
    assertThat(bundle.file("a.yml")).contains("a: 1");
    assertThat(bundle.file("missing.yml")).isEmpty();
    assertThat(bundle.glob("*.yml")).containsExactly("a.yml");
    assertThat(bundle.variable("X")).contains("v");
    assertThat(bundle.hash()).isEqualTo(recorder.bundle("a.yml", "").hash());
  }

  @Test
  void sealedBundleOpensOnlyWithItsKey() {
    Random random = new Random(1);
    byte[] plain = "smtp_auth_password: x".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Sealer ours = new Sealer(Optional.of(new byte[] {1}), random);
    byte[] sealed = ours.seal(plain);
    assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("smtp");
    assertThat(ours.open(sealed)).isEqualTo(plain);
    assertThatThrownBy(() -> new Sealer(Optional.of(new byte[] {2}), random).open(sealed))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining("another cluster key");
    assertThatThrownBy(() -> new Sealer(Optional.empty(), random).open(sealed))
        .isInstanceOf(MalformedBytesException.class);
    Sealer open = new Sealer(Optional.empty(), random);
    assertThat(open.open(open.seal(plain))).isEqualTo(plain);
  }
}

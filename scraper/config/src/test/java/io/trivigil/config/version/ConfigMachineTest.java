package io.trivigil.config.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.trivigil.config.version.ConfigCommand.Adopt;
import io.trivigil.config.version.ConfigCommand.Found;
import io.trivigil.config.version.ConfigCommand.Report;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConfigMachineTest {
  private static final byte[] SEALED = {0, 1, 2};
  private static final String SETTINGS_FIRST = "80b89929010e";
  private static final String VERSION_FIRST = "01026e31d00f016103000102";
  private static final String REPORTS_FIRST = "01026e3101610a687474703a2f2f683a310d026e32";
  private static final String ADOPT_FIRST = "0201026e32016203000102";
  private static final String REPORT_FIRST = "03026e3301630a687474703a2f2f683a330000";

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
    apply(new Report("n1", MemberReport.of("a", "http://h:1", -7, "n2")));
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
    Sealer ours = new Sealer(List.of(new byte[] {1}), random);
    byte[] sealed = ours.seal(plain);
    assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("smtp");
    assertThat(ours.open(sealed)).isEqualTo(plain);
    assertThatThrownBy(() -> new Sealer(List.of(new byte[] {2}), random).open(sealed))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining("sealed with the cluster key");
    assertThatThrownBy(() -> new Sealer(List.of(), random).open(sealed))
        .isInstanceOf(MalformedBytesException.class);
    Sealer rotating = new Sealer(List.of(new byte[] {2}, new byte[] {1}), random);
    assertThat(rotating.open(sealed)).isEqualTo(plain);
    assertThat(new Sealer(List.of(new byte[] {2}), random).open(rotating.seal(plain)))
        .isEqualTo(plain);
    Sealer open = new Sealer(List.of(), random);
    assertThat(open.open(open.seal(plain))).isEqualTo(plain);
  }

  private static MemberReport full(int level, long offsetMs, String problem) {
    return new MemberReport(
        "h", "http://h:1", offsetMs, "n2", level, "1.0", 5, "o", List.of("rules.yml"), problem);
  }

  private void found(int level) {
    apply(new Found(new ClusterSettings(86_400_000, level, 7)));
  }

  @Test
  void whatLevelTwoBroughtIsRefusedBelowIt() {
    found(1);
    apply(new Adopt(0, "n1", "a", SEALED));
    assertThat(apply(new ConfigCommand.FullReport("n1", full(2, 0, ""))))
        .isInstanceOf(ConfigAnswer.Refused.class);
    assertThat(apply(new ConfigCommand.RollBack(new Adopt(1, "n1", "a", SEALED), 1)))
        .isInstanceOf(ConfigAnswer.Refused.class);
    assertThat(machine.view().reports()).isEmpty();
    assertThat(machine.view().events()).isEmpty();
    assertThat(apply(new ConfigCommand.Raise(2))).isEqualTo(new ConfigAnswer.Accepted(1));
    assertThat(apply(new ConfigCommand.FullReport("n1", full(2, 0, ""))))
        .isInstanceOf(ConfigAnswer.Accepted.class);
    assertThat(apply(new ConfigCommand.RollBack(new Adopt(1, "n1", "a", SEALED), 1)))
        .isEqualTo(new ConfigAnswer.Accepted(2));
    assertThat(apply(new ConfigCommand.Raise(2))).isInstanceOf(ConfigAnswer.Refused.class);
  }

  @Test
  void levelTravelsInAReportThatLevelOneUnderstands() {
    found(1);
    apply(new Report("n1", full(2, -7, "p").at(1)));
    MemberReport kept = Objects.requireNonNull(machine.view().reports().get("n1"));
    assertThat(kept).isEqualTo(full(2, -7, "p").at(1));
    assertThat(kept.featureLevel()).isEqualTo(2);
    assertThat(kept.clockAgainst()).isEqualTo("n2");
    assertThat(machine.sections()).containsKey("reports").doesNotContainKey("reports2");
  }

  @Test
  void unknownLevelIsNotServed() {
    ConfigMachine old = new ConfigMachine(1);
    old.apply(1, new Found(new ClusterSettings(86_400_000, 1, 7)));
    assertThatThrownBy(() -> old.apply(2, new ConfigCommand.Raise(2)))
        .isInstanceOf(UnknownLevelException.class)
        .hasMessageContaining("level 2")
        .hasMessageContaining("levels up to 1");
    found(2);
    assertThatThrownBy(() -> old.restore(machine.sections()))
        .isInstanceOf(UnknownLevelException.class);
  }

  @Test
  void whatWasRolledBackFromIsSpurnedUntilSomebodyAsksForItAgain() {
    found(2);
    apply(new Adopt(0, "n1", "good", SEALED));
    apply(new Adopt(1, "n1", "bad", SEALED));
    apply(new Adopt(2, "n1", "worse", SEALED));
    assertThat(machine.view().spurned("bad")).isFalse();
    apply(new ConfigCommand.RollBack(new Adopt(3, "n2", "good", SEALED), 1));
    assertThat(machine.view().newest().orElseThrow().rolledBackTo()).isEqualTo(1);
    assertThat(machine.view().spurned("bad")).isTrue();
    assertThat(machine.view().spurned("worse")).isTrue();
    assertThat(machine.view().spurned("good")).isFalse();
    assertThat(machine.view().spurned("other")).isFalse();
    ConfigMachine other = new ConfigMachine();
    other.restore(machine.sections());
    assertThat(other.view().spurned("bad")).isTrue();
    apply(new Adopt(4, "n1", "bad", SEALED));
    assertThat(machine.view().spurned("bad")).isFalse();
    assertThat(machine.view().spurned("worse")).isTrue();
    assertThat(apply(new ConfigCommand.RollBack(new Adopt(5, "n2", "x", SEALED), 99)))
        .isInstanceOf(ConfigAnswer.Refused.class);
  }

  @Test
  void historyIsBoundedInBytes() {
    byte[] large = new byte[ConfigMachine.KEPT_BYTES / 2];
    found(2);
    for (int i = 0; i < 5; i++) {
      apply(new Adopt(i, "n1", "h" + i, large));
    }
    assertThat(machine.view().versions()).hasSize(2);
    apply(new Adopt(5, "n1", "h5", new byte[ConfigMachine.KEPT_BYTES + 1]));
    assertThat(machine.view().versions()).as("one to go back to").hasSize(2);
  }

  @Test
  void whatHappenedIsKept() {
    found(2);
    apply(new ConfigCommand.FullReport("n1", full(2, 0, "")));
    apply(new ConfigCommand.FullReport("n1", full(2, ConfigMachine.CLOCK_LIMIT_MS + 1, "")));
    apply(new ConfigCommand.FullReport("n1", full(2, 0, "rules.yml:3: no")));
    apply(new ConfigCommand.FullReport("n1", full(2, 0, "")));
    assertThat(machine.view().events())
        .extracting(ClusterEvent::kind)
        .containsExactly(
            ClusterEvent.Kind.STARTED,
            ClusterEvent.Kind.CLOCK_OFF,
            ClusterEvent.Kind.CLOCK_RIGHT,
            ClusterEvent.Kind.TROUBLE,
            ClusterEvent.Kind.TROUBLE_OVER);
    ConfigMachine other = new ConfigMachine();
    other.restore(machine.sections());
    assertThat(other.view()).isEqualTo(machine.view());
    for (int i = 0; i < ConfigMachine.KEPT_EVENTS; i++) {
      apply(new Adopt(i, "n1", "h", SEALED));
    }
    assertThat(machine.view().events()).hasSize(ConfigMachine.KEPT_EVENTS);
  }

  @Test
  void aForcedStartIsNotedOnce() {
    ConfigCommand.Forced forced = new ConfigCommand.Forced("n2", "given up: n1, n3");
    assertThat(apply(forced)).isInstanceOf(ConfigAnswer.Refused.class);
    found(2);
    assertThat(ConfigCommand.decode(new ByteReader(forced.encode()))).isEqualTo(forced);
    assertThat(apply(forced)).isInstanceOf(ConfigAnswer.Accepted.class);
    assertThat(apply(forced)).isInstanceOf(ConfigAnswer.Accepted.class);
    assertThat(machine.view().events())
        .extracting(ClusterEvent::kind, ClusterEvent::nodeId, ClusterEvent::detail)
        .containsExactly(tuple(ClusterEvent.Kind.FORCED, "n2", "given up: n1, n3"));
    String longest = "x".repeat(ConfigCommand.MAX_DETAIL);
    assertThat(apply(new ConfigCommand.Forced("n2", longest)))
        .isInstanceOf(ConfigAnswer.Accepted.class);
    assertThat(apply(new ConfigCommand.Forced("n2", longest + "x")))
        .isInstanceOf(ConfigAnswer.Refused.class);
    ConfigMachine other = new ConfigMachine();
    other.restore(machine.sections());
    assertThat(other.view()).isEqualTo(machine.view());
  }

  /// What the first builds wrote, byte for byte: state and commands must be read for ever.
  @Test
  void firstFormatIsStillRead() {
    HexFormat hex = HexFormat.of();
    SortedMap<String, byte[]> sections = new TreeMap<>();
    sections.put("settings", hex.parseHex(SETTINGS_FIRST));
    sections.put("version/000000000001", hex.parseHex(VERSION_FIRST));
    sections.put("reports", hex.parseHex(REPORTS_FIRST));
    machine.restore(sections);
    assertThat(machine.view().settings()).contains(new ClusterSettings(86_400_000, 1, 7));
    ConfigVersion version = machine.view().newest().orElseThrow();
    assertThat(version.author()).isEqualTo("n1");
    assertThat(version.proposedMs()).isEqualTo(1_000);
    assertThat(version.hash()).isEqualTo("a");
    assertThat(version.sealed()).isEqualTo(SEALED);
    assertThat(machine.view().reports())
        .containsExactly(Map.entry("n1", MemberReport.of("a", "http://h:1", -7, "n2")));
    assertThat(machine.sections().keySet()).isEqualTo(sections.keySet());
    machine.sections().forEach((name, bytes) -> assertThat(bytes).isEqualTo(sections.get(name)));
    assertThat(machine.apply(2, ConfigCommand.decode(new ByteReader(hex.parseHex(ADOPT_FIRST)))))
        .isEqualTo(new ConfigAnswer.Accepted(2));
    machine.apply(3, ConfigCommand.decode(new ByteReader(hex.parseHex(REPORT_FIRST))));
    assertThat(machine.view().reports()).containsKey("n3");
  }
}

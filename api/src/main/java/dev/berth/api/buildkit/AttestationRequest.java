package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.attest.AttestationOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a client wants attested ({@code attest:provenance}, {@code attest:sbom}), each with attributes of its own. */
final class AttestationRequest {
    private static final String PROVENANCE = "attest:provenance";
    private static final String SBOM = "attest:sbom";

    private AttestationRequest() {}

    static boolean isOption(String name) {
        return name.equals(PROVENANCE) || name.equals(SBOM);
    }

    /** @throws GrpcException UNIMPLEMENTED for attributes that are not known */
    static AttestationOptions read(Map<String, String> options) throws GrpcException {
        String none = "disabled=true";
        return new AttestationOptions(
                provenance(attributes(options.getOrDefault(PROVENANCE, none))),
                sbom(attributes(options.getOrDefault(SBOM, none))));
    }

    /** What buildx adds where its user has said nothing is for what can have it in itself alone, and is left out. */
    private static AttestationOptions.Provenance provenance(Map<String, String> attributes) throws GrpcException {
        boolean wanted = true;
        AttestationOptions.Provenance provenance = AttestationOptions.Provenance.MIN;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            String value = attribute.getValue();
            boolean known = true;
            switch (attribute.getKey()) {
                case "type" -> known = value.equals("provenance");
                case "mode" -> {
                    known = value.equals("min") || value.equals("max");
                    provenance =
                            value.equals("max") ? AttestationOptions.Provenance.MAX : AttestationOptions.Provenance.MIN;
                }
                case "disabled", "inline-only" -> wanted &= !value.equals("true");
                case "version" -> known = value.equals("v0.2");
                default -> known = false;
            }
            require(known, PROVENANCE, attribute);
        }
        return wanted ? provenance : AttestationOptions.Provenance.NONE;
    }

    private static boolean sbom(Map<String, String> attributes) throws GrpcException {
        boolean wanted = true;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            switch (attribute.getKey()) {
                case "type" -> require(attribute.getValue().equals("sbom"), SBOM, attribute);
                case "disabled" -> wanted = !attribute.getValue().equals("true");
                default -> require(false, SBOM, attribute);
            }
        }
        return wanted;
    }

    private static void require(boolean known, String option, Map.Entry<String, String> attribute)
            throws GrpcException {
        if (!known) {
            throw SolveRequest.unsupported(
                    "the attribute " + attribute.getKey() + "=" + attribute.getValue() + " of " + option);
        }
    }

    private static Map<String, String> attributes(String text) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String attribute : text.split(",")) {
            int sign = attribute.indexOf('=');
            if (!attribute.isEmpty()) {
                attributes.put(
                        sign < 0 ? attribute : attribute.substring(0, sign),
                        sign < 0 ? "" : attribute.substring(sign + 1));
            }
        }
        return attributes;
    }
}

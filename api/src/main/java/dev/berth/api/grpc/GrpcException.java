package dev.berth.api.grpc;

import java.io.IOException;
import java.io.Serial;

/** A call that did not come to its end as it should. */
public final class GrpcException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Code code;

    public GrpcException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** How a call has ended, with gRPC's numbers. */
    public enum Code {
        OK,
        CANCELLED,
        UNKNOWN,
        INVALID_ARGUMENT,
        DEADLINE_EXCEEDED,
        NOT_FOUND,
        ALREADY_EXISTS,
        PERMISSION_DENIED,
        RESOURCE_EXHAUSTED,
        FAILED_PRECONDITION,
        ABORTED,
        OUT_OF_RANGE,
        UNIMPLEMENTED,
        INTERNAL,
        UNAVAILABLE,
        DATA_LOSS,
        UNAUTHENTICATED;

        /** By its number; what nobody knows is UNKNOWN. */
        public static Code of(String number) {
            for (Code code : values()) {
                if (String.valueOf(code.ordinal()).equals(number)) {
                    return code;
                }
            }
            return UNKNOWN;
        }
    }
}

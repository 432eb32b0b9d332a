// The vDSO as it is mapped into programs (servers/linux/vdso/image).
        .section .rodata
        .balign 16
        .globl vdso_image, vdso_image_end
vdso_image:
        .incbin SKERRY_VDSO_IMAGE
vdso_image_end:
        .section .note.GNU-stack, "", @progbits

"""How a body is held: standing, sitting, kneeling, crouching, lying. Channels as in `skeleton`; heights in metres."""

from __future__ import annotations

from typing import Literal

from generation.previs.figures.skeleton import Pose, rest_pose, set_channels

Posture = Literal["stand", "sit", "kneel", "crouch", "lie"]
SEAT_BACK = 0.37  # adult metres from the feet back to the middle of the seat


def posture_pose(posture: Posture, scale: float, seat: float = 0.45, slump: float = 0.0) -> Pose:
    """`seat` is the height of the seat or bed; `slump` 0–1 how far the back is let go."""
    pose = rest_pose()
    if posture == "sit":
        high = max(seat, 0.12) / scale
        dangling = max(0.0, high - 0.46)
        set_channels(
            pose, pelvis_x=-SEAT_BACK, pelvis_z=high + 0.085, pelvis_pitch=-0.10, spine_pitch=0.04 + 0.18 * slump, chest_pitch=0.06 + 0.16 * slump, foot_l_x=0.05, foot_r_x=0.03, foot_l_y=0.12, foot_r_y=-0.12,  # noqa: E501
            foot_l_z=dangling, foot_r_z=dangling, hand_l_x=0.62, hand_l_y=-0.05, hand_l_z=-0.62, hand_r_x=0.60, hand_r_y=0.05, hand_r_z=-0.63, hand_l_twist=0.9, hand_r_twist=0.9, neck_pitch=-0.02,  # noqa: E501
        )  # fmt: skip
    elif posture == "kneel":
        set_channels(
            pose,
            pelvis_x=-0.10,
            pelvis_z=0.53,
            foot_l_x=0.27,
            foot_r_x=-0.44,
            foot_r_pitch=1.25,
            foot_r_z=0.02,
            spine_pitch=0.10,
            hand_l_x=0.45,
            hand_l_z=-0.72,
            hand_l_y=0.0,
        )
    elif posture == "crouch":
        set_channels(
            pose,
            pelvis_x=-0.16,
            pelvis_z=0.44,
            pelvis_pitch=0.35,
            spine_pitch=0.30,
            chest_pitch=0.20,
            neck_pitch=-0.45,
            foot_l_x=0.08,
            foot_r_x=-0.10,
            foot_r_pitch=0.5,
            hand_l_x=0.60,
            hand_r_x=0.60,
            hand_l_z=-0.55,
            hand_r_z=-0.55,
        )
    elif posture == "lie":
        high = max(seat, 0.0) / scale
        set_channels(
            pose, pelvis_x=0.0, pelvis_z=high + 0.12, pelvis_pitch=-1.50, neck_pitch=0.14, foot_l_x=0.86, foot_r_x=0.86, foot_l_z=high + 0.02, foot_r_z=high + 0.02, foot_l_pitch=-1.25, foot_r_pitch=-1.25,  # noqa: E501
            hand_l_x=0.30, hand_r_x=0.25, hand_l_z=-0.80, hand_r_z=-0.85, hand_l_y=-0.15, hand_r_y=0.10,
        )  # fmt: skip
    return pose
